/** What fails while it is drawn can be read and tried again. */
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { ErrorBoundary } from "./ErrorBoundary";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

test("a part that fails says so, shows details and can be tried again", () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined); // React reports what it caught
  let broken = true;
  function Part() {
    if (broken) throw new Error("no picture");
    return <p>Fine</p>;
  }
  render(
    <ErrorBoundary>
      <Part />
    </ErrorBoundary>,
  );
  fireEvent.click(screen.getByRole("button", { name: "Details" }));
  expect(screen.getByRole("alert").textContent).toContain("no picture");
  broken = false;
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(screen.getByText("Fine")).toBeDefined();
});
