/** The time in seconds since the epoch, drawn anew at a pace: for how long ago something was. */
import { useEffect, useState } from "react";

const PACE_MS = 15_000;

export function useDate(): number {
  const [now, setNow] = useState(() => Date.now() / 1000);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() / 1000), PACE_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
