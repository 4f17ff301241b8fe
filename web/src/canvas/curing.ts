/** Does about a problem of a node what its button says. */
import type { Problem } from "@/api/types";
import { repoInQuestion, splitRepo } from "@/graph/blocks";
import { nodeById } from "@/graph/document";
import { pins } from "@/graph/lock";
import { compileAgain } from "@/store/compile";
import { activeTab } from "@/store/editor";
import { assertNever } from "@/store/assert";
import { dismissAbout } from "@/store/toasts";
import { openDialog } from "@/store/ui";
import type { Cure } from "./problems";

export function cure(how: Cure, problem: Problem): void {
  dismissAbout(problem.message);
  switch (how) {
    case "review":
    case "read":
    case "packages":
      return openReview(problem);
    case "update":
      return openDialog({ kind: "update" });
    case "retry":
      return compileAgain({ retry: true });
    default:
      return assertNever(how);
  }
}

/** Opens the code of the repo that a problem of a node is about, at the commit that the node would use. */
function openReview({ node: id, message }: Problem): void {
  const { doc } = activeTab();
  const node = id ? nodeById(doc, id) : undefined;
  const named = node && repoInQuestion(node, message);
  if (named === undefined) return;
  const { repo, revision } = splitRepo(named);
  openDialog({ kind: "review", repo, revision: pins(doc.lock).get(named) ?? revision });
}
