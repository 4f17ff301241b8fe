/** The HTTP client: typed by the server's OpenAPI document, with every failure as an `ApiError`. */
import createClient, { type MaybeOptionalInit } from "openapi-fetch";
import { takeAhead } from "@/api/ahead";
import { heedClock } from "@/api/clock";
import type { paths } from "@/api/schema";
import type { Problem } from "@/api/types";

/** An answer other than success. `problem` is the first of `problems`; a server out of reach has the code "offline". */
export class ApiError extends Error {
  readonly problems: readonly Problem[];
  readonly problem: Problem;
  readonly status: number;

  constructor(problem: Problem, options: { status?: number; problems?: readonly Problem[] } = {}) {
    super(problem.message);
    this.name = "ApiError";
    this.problem = problem;
    this.problems = options.problems ?? [problem];
    this.status = options.status ?? 0;
  }

  get offline(): boolean {
    return this.problem.code === "offline";
  }
}

type Method = "get" | "put" | "post" | "delete";
type PathsWith<M extends Method> = { [P in keyof paths]: paths[P] extends Record<M, object> ? P : never }[keyof paths];
type Json<A> = A extends { readonly content: { readonly "application/json": infer Data } } ? Data : undefined;
type Success<O> = O extends { readonly responses: infer R } ? Json<R[keyof R & (200 | 201 | 202 | 204)]> : never;
type Arguments<Init> = undefined extends Init ? [init?: Init] : [init: Init];

type Call<M extends Method> = <P extends PathsWith<M>>(
  path: P,
  ...init: Arguments<MaybeOptionalInit<paths[P], M>>
) => Promise<Answer<Success<paths[P][M]>>>;

interface Answer<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

interface Api {
  readonly GET: Call<"get">;
  readonly PUT: Call<"put">;
  readonly POST: Call<"post">;
  readonly DELETE: Call<"delete">;
}

/**
 * One function per method, as `api.GET("/api/runs/{run_id}", …)`. The types are written out above because the library's
 * own lose the arrays in answers that are read-only. `fetch` is looked up at each call: whoever replaces it is heeded.
 */
export const api = createClient<paths>({
  baseUrl: "",
  fetch: async (request) => heedClock(await (takeAhead(request) ?? globalThis.fetch(request))),
}) as unknown as Api;

/** The data of an answer. Throws ApiError for every other. */
export async function unwrap<T>(request: Promise<Answer<T>>): Promise<T> {
  return (await unwrapAnswer(request)).data;
}

/** The data and the response, for those who read its headers. Throws ApiError. */
export async function unwrapAnswer<T>(request: Promise<Answer<T>>): Promise<{ data: T; response: Response }> {
  let answer: Answer<T>;
  try {
    answer = await request;
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiError(offline(error));
  }
  if (!answer.response.ok) throw problemsOf(answer.error, answer.response);
  // A 204 has no data; its type says so.
  return { data: answer.data as T, response: answer.response };
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** The number in an ETag, which is the revision of a saved graph; 0 if there is none. */
export function revisionOf(response: Response): number {
  const found = /\d+/.exec(response.headers.get("ETag") ?? "");
  return found === null ? 0 : Number(found[0]);
}

export function artifactUrl(id: string, options: { download?: string; run?: string } = {}): string {
  const query = new URLSearchParams();
  if (options.download !== undefined) query.set("download", options.download);
  if (options.run !== undefined) query.set("run", options.run);
  const text = query.toString();
  return `/api/artifacts/${encodeURIComponent(id)}${text && `?${text}`}`;
}

/** A small picture of an artifact, at most `size` px on its longer side. */
export function thumbnailUrl(id: string, size = 256): string {
  return `/api/artifacts/${encodeURIComponent(id)}/thumbnail?size=${size}`;
}

function problemsOf(body: unknown, response: Response): ApiError {
  const { status } = response;
  if (isRecord(body)) {
    const listed = body["problems"];
    const problems = Array.isArray(listed) ? listed.filter(isProblem) : [];
    const [first] = problems;
    if (first !== undefined) return new ApiError(first, { status, problems });
    if (typeof body["detail"] === "string")
      return new ApiError({ code: "http_error", message: body["detail"] }, { status });
  }
  // A proxy in between answers 502 to 504 while the server is gone.
  if (status >= 502 && status <= 504) return new ApiError(offline(`HTTP ${status}`), { status });
  return new ApiError(
    { code: "http_error", message: `The server answered ${status} ${response.statusText}.` },
    { status },
  );
}

function offline(cause: unknown): Problem {
  return {
    code: "offline",
    message: "The server cannot be reached.",
    remedy: "Check that it runs; the canvas connects again by itself.",
    details: String(cause),
  };
}

function isProblem(value: unknown): value is Problem {
  return isRecord(value) && typeof value["code"] === "string" && typeof value["message"] === "string";
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
