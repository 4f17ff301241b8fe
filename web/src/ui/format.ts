/** Numbers as people read them: durations, shares, sizes in bytes, points in time. */
const LANGUAGE = "en";

/** 0.004 → "4 ms", 1.84 → "1.8 s", 42.3 → "42 s", 200 → "3 min 20 s", 7500 → "2 h 5 min". */
export function duration(seconds: number): string {
  if (seconds < 0.0005) return "< 1 ms";
  if (seconds < 0.0995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return join(minutes, "min", whole % 60, "s");
  return join(Math.floor(minutes / 60), "h", minutes % 60, "min");
}

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;
const GIGABYTE = 1024 ** 3;

/** Bytes in powers of 1024, as the server's settings count them: 12_026_000_000 → "11.2 GB". */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 1023.5 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit] ?? "B"}`;
}

/** Memory in use: `11/24 GB`, or `3.2 GB` where there is no total. */
export function memory(used: number, total: number): string {
  return total > 0 ? `${gigabytes(used)}/${gigabytes(total)} GB` : `${gigabytes(used)} GB`;
}

const relative = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "auto", style: "short" });
const SPANS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** How long ago, both in seconds since the epoch. A clock that runs ahead reads as now. */
export function ago(time: number, now: number): string {
  const passed = Math.max(0, now - time);
  for (const [unit, seconds] of SPANS) {
    if (passed >= seconds) return relative.format(-Math.floor(passed / seconds), unit);
  }
  return relative.format(0, "second");
}

const dateTime = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/** A point in time, in seconds since the epoch, in this machine's time zone. */
export function moment(time: number): string {
  return dateTime.format(time * 1000);
}

/** A time of day by the clock of this machine: `12:04`. */
export function clock(time: Date): string {
  return time.toLocaleTimeString(LANGUAGE, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
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

/** 0.42 → "42 %", 3 → "300 %". */
export function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}

function join(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

function gigabytes(count: number): string {
  const value = count / GIGABYTE;
  return value < 9.95 ? value.toFixed(1).replace(/\.0$/, "") : value.toFixed(0);
}
