/** Copy and paste. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { copyFragment, fragmentOf, parseFragment, serialiseFragment } from "./clipboard";
import { addedIds, pasteItems } from "./commands";
import { saveDoc } from "./document";
import { anyDoc, draw } from "./testing";

test("a pasted copy has the same structure with fresh ids", () => {
  fc.assert(
    fc.property(anyDoc, anyDoc, (source, target) => {
      const fragment = parseFragment(serialiseFragment(fragmentOf(source)));
      if (!fragment) throw new Error("what was copied is not understood");
      const after = pasteItems(fragment, { x: 0, y: 0 }).apply(target);
      const fresh = addedIds(target, after);
      expect(fresh).toHaveLength(source.nodes.length + source.groups.length + source.notes.length);
      const place = new Map(fresh.map((id, index) => [id, index]));
      const original = new Map(
        [...source.nodes, ...source.groups, ...source.notes].map(({ id }, index) => [id, index]),
      );
      const inner = source.edges.filter((edge) => original.has(edge.source) && original.has(edge.target));
      const pasted = after.edges.slice(target.edges.length);
      expect(pasted.map((edge) => [place.get(edge.source), edge.sourceHandle, place.get(edge.target), edge.targetHandle, edge.extra]))
        .toEqual(inner.filter((edge) => isNode(edge.source) && isNode(edge.target)).map((edge) => [original.get(edge.source), edge.sourceHandle, original.get(edge.target), edge.targetHandle, edge.extra])); // prettier-ignore
      expect(after.nodes.slice(target.nodes.length).map(({ type, params, extra }) => [type, params, extra])).toEqual(
        source.nodes.map(({ type, params, extra }) => [type, params, extra]),
      );

      function isNode(id: string): boolean {
        return source.nodes.some((node) => node.id === id);
      }
    }),
  );
});

test("edges that lead out are left behind", () => {
  expect(copyFragment(draw("a->b b->c"), ["a", "b", "a.out->b.in"]).edges).toHaveLength(1);
});

test("a whole graph document can be pasted", () => {
  const doc = draw("a->b");
  expect(parseFragment(JSON.stringify(saveDoc(doc)))).toEqual(fragmentOf(doc));
});

test.each([
  "", "hello", "{", "[1]", "{}", '{"nodes": []}', '{"blockloom": "fragment/2", "nodes": []}',
  '{"blockloom": "fragment/1", "nodes": [{"id": 7}]}', '{"format": "blockloom/9"}', "{a: 1}",
])("garbage is nothing: %j", (text) => {
  expect(parseFragment(text)).toBeNull();
}); // prettier-ignore
