/** The dialog keeps the focus and gives it back. */
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, expect, test, vi } from "vitest";
import { Dialog } from "./Dialog";

afterEach(cleanup);

function Owner() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button onClick={() => setOpen(true)}>Open</button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Settings"
        description="What to change"
        footer={<button>Last</button>}
      >
        <input aria-label="Name" />
      </Dialog>
    </>
  );
}

function opened() {
  const { container } = render(<Owner />);
  const opener = screen.getByRole("button", { name: "Open" });
  opener.focus();
  fireEvent.click(opener);
  return { container, opener, dialog: screen.getByRole("dialog", { name: "Settings" }) };
}

test("the focus goes in and cannot leave", () => {
  const { dialog, opener } = opened();
  expect(dialog.contains(document.activeElement)).toBe(true);
  opener.focus();
  expect(dialog.contains(document.activeElement)).toBe(true);
  screen.getByRole("button", { name: "Last" }).focus();
  fireEvent.keyDown(screen.getByRole("button", { name: "Last" }), { key: "Tab" });
  expect(document.activeElement).toBe(screen.getByRole("button", { name: "Close" }));
});

test("the rest of the page is inert while it is open", () => {
  const { container } = opened();
  expect(container.inert).toBe(true);
  fireEvent.keyDown(document, { key: "Escape" });
  expect(container.inert).toBe(false);
});

test("Escape closes it and the focus returns", async () => {
  const { opener } = opened();
  fireEvent.keyDown(document, { key: "Escape" });
  expect(screen.queryByRole("dialog")).toBeNull();
  await vi.waitFor(() => expect(document.activeElement).toBe(opener));
});

test("a press beside it closes it, one inside does not", () => {
  const { dialog } = opened();
  fireEvent.pointerDown(screen.getByLabelText("Name"));
  expect(screen.queryByRole("dialog")).not.toBeNull();
  fireEvent.pointerDown(dialog.parentElement ?? dialog);
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("no style element is added to the page", () => {
  const before = document.querySelectorAll("style").length;
  opened();
  expect(document.querySelectorAll("style")).toHaveLength(before);
});
