/** Times and shares as the frame shows them. */
const GIGABYTE = 1024 ** 3;

/** `11/24 GB`, or `3.2 GB` where there is no total. */
export function share(used: number, total: number): string {
  return total > 0 ? `${gigabytes(used)}/${gigabytes(total)} GB` : `${gigabytes(used)} GB`;
}

function gigabytes(bytes: number): string {
  const value = bytes / GIGABYTE;
  return value < 9.95 ? value.toFixed(1).replace(/\.0$/, "") : value.toFixed(0);
}

/** `12:04`, by the clock of this machine. */
export function clock(time: Date): string {
  return time.toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** Today's times as `12:04`, others as `21 Nov 12:04`, of other years with the year. `seconds` since the epoch. */
export function when(seconds: number, now: Date = new Date()): string {
  const time = new Date(seconds * 1000);
  if (time.toDateString() === now.toDateString()) return clock(time);
  const date = { day: "numeric", month: "short" } as const;
  const sameYear = time.getFullYear() === now.getFullYear();
  const day = time.toLocaleDateString("en-GB", sameYear ? date : { ...date, year: "numeric" });
  return `${day} ${clock(time)}`;
}
