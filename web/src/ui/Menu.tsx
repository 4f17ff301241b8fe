/** A menu that drops down from a button. */
import { DropdownMenu } from "radix-ui";
import type { ReactElement } from "react";
import { MENU_BOX, MenuItems, type MenuItem } from "./menuItems";

export type { MenuItem } from "./menuItems";

export interface MenuProps {
  trigger: ReactElement;
  items: readonly MenuItem[];
  align?: "start" | "center" | "end";
  side?: "top" | "right" | "bottom" | "left";
}

export function Menu({ trigger, items, align = "start", side = "bottom" }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={MENU_BOX} align={align} side={side} sideOffset={4} collisionPadding={8}>
          <MenuItems items={items} parts={DropdownMenu} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
