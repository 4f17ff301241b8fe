/** A picture from an address, once it can be drawn. */
import { useEffect, useState } from "react";

export type Loaded = "loading" | "failed" | HTMLImageElement;

export function useLoadedImage(address: string | null): Loaded | null {
  const [known, setKnown] = useState<{ address: string; result: Loaded } | null>(null);
  useEffect(() => {
    if (address === null) return;
    const image = new Image();
    let wanted = true;
    image.onload = () => wanted && setKnown({ address, result: image });
    image.onerror = () => wanted && setKnown({ address, result: "failed" });
    image.src = address;
    return () => {
      wanted = false;
    };
  }, [address]);
  if (address === null) return null;
  return known?.address === address ? known.result : "loading";
}
