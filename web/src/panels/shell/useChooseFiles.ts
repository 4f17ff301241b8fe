/** Lets a person choose files from the disk, which are taken as if they were dropped on the canvas. */
import { useCallback } from "react";
import { takeFiles } from "@/canvas/files";
import { useCentre } from "./useCentre";

export function useChooseFiles(): () => void {
  const centre = useCentre();
  return useCallback(() => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = ".json,application/json,image/*";
    input.multiple = true;
    input.addEventListener("change", () => void takeFiles([...(input.files ?? [])], centre()));
    input.click();
  }, [centre]);
}
