/** The menu of a right click or a long press. */
import { ContextMenu as Radix } from "radix-ui";
import { useState, type ReactElement } from "react";
import { MENU_BOX, MenuItems, type MenuItem } from "./menuItems";

export interface ContextMenuProps {
  /** A function is called each time the menu opens. */
  items: readonly MenuItem[] | (() => readonly MenuItem[]);
  children: ReactElement;
}

export function ContextMenu({ items, children }: ContextMenuProps) {
  const [shown, setShown] = useState<readonly MenuItem[]>([]);
  const open = (isOpen: boolean) => isOpen && setShown(typeof items === "function" ? items() : items);
  return (
    <Radix.Root modal={false} onOpenChange={open}>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={MENU_BOX} collisionPadding={8}>
          <MenuItems items={shown} parts={Radix} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
