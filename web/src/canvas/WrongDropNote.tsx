/** Says at the pointer why two ports do not fit, with the node that would make them fit as a button. */
import { useEffect } from "react";
import { Button } from "@/ui/Button";
import { closeWrongDrop, useWrongDrop } from "./wrongDrop";

const PATIENCE = 8000;

export function WrongDropNote() {
  const drop = useWrongDrop((state) => state.drop);
  useEffect(() => {
    if (drop === null) return;
    const timer = setTimeout(closeWrongDrop, PATIENCE);
    const onKey = (event: KeyboardEvent) => event.key === "Escape" && closeWrongDrop();
    addEventListener("keydown", onKey);
    addEventListener("pointerdown", onPress);
    return () => {
      clearTimeout(timer);
      removeEventListener("keydown", onKey);
      removeEventListener("pointerdown", onPress);
    };
  }, [drop]);
  if (drop === null) return null;
  const { at, reason, fix } = drop;
  const left = Math.max(8, Math.min(at.x + 8, innerWidth - 328));
  const top = Math.max(8, Math.min(at.y + 8, innerHeight - 96));
  return (
    <div role="alert" className="wrong-drop" style={{ left, top }} data-wrong-drop="">
      <p>{reason}</p>
      {fix && (
        <Button
          size="sm"
          autoFocus
          onClick={() => {
            fix.run();
            closeWrongDrop();
          }}
        >
          {fix.label}
        </Button>
      )}
    </div>
  );
}

function onPress(event: PointerEvent): void {
  const inside = event.target instanceof Element && event.target.closest("[data-wrong-drop]") !== null;
  if (!inside) closeWrongDrop();
}
