import { describe, expect, it } from "vitest";
import { cut, dividerAt, fit, fitScale, panBy, partAt, zoomAt } from "./view";

const frame = { width: 848, height: 648 };
const picture = { width: 1600, height: 600 };

describe("fitting", () => {
  it("shows a large picture whole", () => expect(fit(picture, frame)).toEqual({ scale: 0.5, x: 0, y: 0 }));
  it("enlarges a small picture by whole pixels", () => expect(fitScale({ width: 128, height: 128 }, frame)).toBe(4));
});

describe("zoomAt", () => {
  it("keeps what lies under the pointer in place", () => {
    const before = { scale: 1, x: 0, y: 0 };
    const at = { x: 200, y: 0 };
    const after = zoomAt(before, 2, at, picture, frame);
    expect((at.x - after.x) / after.scale).toBeCloseTo((at.x - before.x) / before.scale);
  });

  it("stops at the ends", () => {
    const start = fit(picture, frame);
    expect(zoomAt(start, 1e9, { x: 0, y: 0 }, picture, frame).scale).toBe(32);
    expect(zoomAt(start, 1e-9, { x: 0, y: 0 }, picture, frame).scale).toBe(0.25);
  });
});

describe("panBy", () => {
  it("does not lose the picture", () => {
    expect(panBy({ scale: 1, x: 0, y: 0 }, { x: 5000, y: 0 }, picture, frame).x).toBe(800);
  });
  it("leaves a picture that is seen whole in the middle", () => {
    expect(panBy(fit(picture, frame), { x: 50, y: 50 }, picture, frame)).toEqual(fit(picture, frame));
  });
});

describe("comparing", () => {
  const view = { scale: 2, x: 30, y: 0 };
  it.each([0, 0.25, 1])("finds the divider at %d again", (part) => {
    expect(partAt(dividerAt(part, view, picture), view, picture)).toBeCloseTo(part);
  });
  it("stays on the picture", () => expect([partAt(-9999, view, picture), partAt(9999, view, picture)]).toEqual([0, 1]));
  it("cuts off what lies left of the divider", () => expect(cut(0.25)).toBe("inset(0 0 0 25.00%)"));
});
