/** The time in seconds since the epoch by the server's clock, drawn anew at a pace: for how long ago something was. */
import { useEffect, useState } from "react";
import { serverNow } from "@/api/clock";

const PACE_MS = 15_000;

export function useDate(): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), PACE_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
