/** The time by the page's own clock (`performance.now()`, ms), drawn anew at a pace. */
import { useEffect, useState } from "react";

export function useNow(every: number): number {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
