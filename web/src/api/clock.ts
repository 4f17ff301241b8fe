/** The server's clock, as its answers tell it: what it says of times is compared with that, for this machine's may be wrong. */

/** Seconds that two clocks may differ without anyone minding; answers are on their way for a while, too. */
const TOLERANCE = 30;
let ahead = 0;

export function heedClock(response: Response): Response {
  const told = Date.parse(response.headers.get("Date") ?? "") / 1000;
  const difference = told - Date.now() / 1000;
  if (!Number.isNaN(difference)) ahead = Math.abs(difference) < TOLERANCE ? 0 : difference;
  return response;
}

/** Seconds since the epoch by the server's clock. */
export function serverNow(): number {
  return Date.now() / 1000 + ahead;
}
