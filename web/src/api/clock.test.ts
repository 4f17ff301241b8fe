import { expect, test } from "vitest";
import { heedClock, serverNow } from "@/api/clock";

const DAY = 86_400;

function answerAt(seconds: number): Response {
  return new Response(null, { headers: { Date: new Date(seconds * 1000).toUTCString() } });
}

test("the server's clock counts where this machine's is wrong, and only there", () => {
  const here = () => Date.now() / 1000;
  heedClock(answerAt(here() - DAY));
  expect(serverNow()).toBeCloseTo(here() - DAY, -1);
  heedClock(new Response(null));
  expect(serverNow()).toBeCloseTo(here() - DAY, -1);
  heedClock(answerAt(here() + 2));
  expect(serverNow()).toBeCloseTo(here(), 1);
});
