/** Pictures that an imported workflow names on the web: fetched only when a person asks for it. */
import { api, unwrap } from "@/api/client";
import { setParam } from "@/graph/commands";
import type { Doc } from "@/graph/types";
import { dispatch } from "@/store/editor";
import { isArtifactId } from "@/widgets/artifacts";

export interface RemotePicture {
  readonly node: string;
  readonly url: string;
}

/** The Load image nodes whose picture lies on the web still. */
export function remotePictures({ nodes }: Pick<Doc, "nodes">): readonly RemotePicture[] {
  return nodes.flatMap(({ id, type, params, extra }) => {
    const url = extra?.["source_url"];
    return type === "image.load" && typeof url === "string" && !isArtifactId(params["image"])
      ? [{ node: id, url }]
      : [];
  });
}

/** Has the server fetch them, one after the other, into their nodes. Rejects with the first that cannot be had. */
export async function fetchPictures(pictures: readonly RemotePicture[]): Promise<void> {
  for (const { node, url } of pictures) {
    const { id } = await unwrap(api.POST("/api/artifacts/fetch", { body: { url } }));
    dispatch(setParam(node, "image", id));
  }
}
