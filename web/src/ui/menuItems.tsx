/** The entries of menus, drawn with the parts of a drop-down or of a context menu. */
import { Check, ChevronRight, type LucideIcon } from "lucide-react";
import type { ContextMenu, DropdownMenu } from "radix-ui";
import { cx } from "./cx";
import { Kbd } from "./Kbd";

interface MenuAction {
  label: string;
  icon?: LucideIcon;
  /** The address of a picture, in place of an icon. */
  picture?: string;
  shortcut?: string;
  onSelect: () => void;
  disabled?: boolean;
  danger?: boolean;
  /** For an entry that is switched on and off. */
  checked?: boolean;
}

interface SubMenu {
  label: string;
  icon?: LucideIcon;
  items: readonly MenuItem[];
}

export type MenuItem = MenuAction | SubMenu | "separator";

type PartName = "Item" | "CheckboxItem" | "Separator" | "Sub" | "SubTrigger" | "SubContent" | "Portal";
export type MenuParts = Pick<typeof DropdownMenu, PartName> | Pick<typeof ContextMenu, PartName>;

export const MENU_BOX = cx(
  "z-50 max-h-[min(70vh,640px)] min-w-44 overflow-y-auto rounded-control border border-line bg-raised p-1 text-sm",
  "text-body shadow-[var(--shadow-float)] nokey nowheel nopan nodrag",
);

const ROW = cx(
  "flex h-7 items-center gap-2 rounded px-2 outline-none select-none",
  "data-[highlighted]:bg-sunken data-[highlighted]:text-strong data-[state=open]:bg-sunken data-[disabled]:opacity-45",
);

export function MenuItems({ items, parts }: { items: readonly MenuItem[]; parts: MenuParts }) {
  return items.map((item, index) =>
    item === "separator" ? (
      <parts.Separator key={index} className="-mx-1 my-1 h-px bg-line" />
    ) : "items" in item ? (
      <SubMenuRow key={index} item={item} parts={parts} />
    ) : (
      <ActionRow key={index} item={item} parts={parts} />
    ),
  );
}

function SubMenuRow({ item, parts }: { item: SubMenu; parts: MenuParts }) {
  return (
    <parts.Sub>
      <parts.SubTrigger className={ROW}>
        <Label icon={item.icon}>{item.label}</Label>
        <ChevronRight size={14} className="ml-auto text-muted" aria-hidden />
      </parts.SubTrigger>
      <parts.Portal>
        <parts.SubContent className={MENU_BOX} collisionPadding={8} sideOffset={4} alignOffset={-4}>
          <MenuItems items={item.items} parts={parts} />
        </parts.SubContent>
      </parts.Portal>
    </parts.Sub>
  );
}

function ActionRow({ item, parts }: { item: MenuAction; parts: MenuParts }) {
  const className = cx(
    ROW,
    item.picture !== undefined && "h-13",
    item.danger === true && "text-danger data-[highlighted]:text-danger",
  );
  const inner = (
    <>
      <Label icon={item.checked === true ? Check : item.icon} picture={item.picture}>
        {item.label}
      </Label>
      {item.shortcut !== undefined && <Kbd keys={item.shortcut} className="ml-auto pl-6" />}
    </>
  );
  const shared = { className, onSelect: item.onSelect, disabled: item.disabled === true };
  return item.checked === undefined ? (
    <parts.Item {...shared}>{inner}</parts.Item>
  ) : (
    <parts.CheckboxItem {...shared} checked={item.checked}>
      {inner}
    </parts.CheckboxItem>
  );
}

interface LabelProps {
  icon: LucideIcon | undefined;
  picture?: string | undefined;
  children: string;
}

function Label({ icon: Icon, picture, children }: LabelProps) {
  return (
    <>
      {picture === undefined ? (
        <span className="flex w-4 justify-center text-muted">{Icon && <Icon size={14} aria-hidden />}</span>
      ) : (
        <img src={picture} alt="" className="size-11 rounded object-cover" />
      )}
      <span className="truncate">{children}</span>
    </>
  );
}
