/** How a button in the status bar looks. */
export const STATUS_CELL =
  "flex h-full items-center gap-1.5 px-2 whitespace-nowrap transition-colors duration-120 hover:bg-sunken hover:text-strong focus-visible:outline-offset-[-2px]";
