/** Texts of the dialogs about blocks and repos, which are loaded with them: so they are not part of `text`. */
const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

const review = {
  title: (repo: string) => `Review ${repo}`,
  loading: "Reading the repo. Nothing of it is executed.",
  stop: "Stop",
  failed: "The repo could not be read",
  commit: "Commit",
  copyCommit: "Copy the commit",
  copyFolder: "Copy the path",
  local: "Local folder",
  isApproved: "Approved",
  isNew: "Not approved yet",
  isChanged: "Changed since you approved it",
  since: (commit: string) => `compared with ${commit}, which you approved`,
  reachedBy: "on",
  unknownOrigin: "Whether a branch leads to it could not be asked.",
  unnamed: "No branch or tag leads to this commit",
  unnamedText: (repo: string) =>
    `The hub gives out commits of forks and pull requests under the name ${repo} too: this code may be by anybody.`,
  files: "Files",
  view: "View",
  changes: "Changes",
  code: "Code",
  unchanged: "This file is as you approved it.",
  noText: "This file is not shown: it is no text, or too long.",
  noFiles: "This repo has no code and no configuration.",
  status: { added: "added", removed: "removed", changed: "changed" },
  lines: (added: number, removed: number) => `+${added} −${removed}`,
  requirements: "Packages it needs",
  noRequirements: "None besides those of Blockloom.",
  states: { met: "installed", missing: "missing", conflicting: "other version" },
  installed: (version: string) => `${version} is installed`,
  has: (version: string) => `is ${version}`,
  pip: "Install what is missing, then start Blockloom again:",
  copyPip: "Copy the command",
  refers: "Repos it refers to",
  refersText: "It loads weights from these. Approving this repo approves no code of theirs.",
  pickles: "Pickled files",
  picklesText: "Loading such a file can run any code. It is refused unless the server's setting pickles allows it.",
  off: "Remote code is switched off on this server",
  offText: "Nothing of this repo can run, and nothing can be approved, until the server's setting remote_code is on.",
  risk: "Approved code runs on this machine with all your rights. Approve what you have read and trust.",
  riskUnnamed:
    "This commit is on no branch of the repo: its code may be by anybody. Once approved, it has all your rights.",
  riskLocal: "A folder is approved as it is and as it will be: it is meant for blocks that you write yourself.",
  approve: "Approve this commit",
  approveLocal: "Approve this folder",
  approved: (repo: string) => `${repo} is approved`,
};

const approvals = {
  title: "Approved code",
  none: "No code of any repo is approved.",
  off: "Remote code is switched off by the server's setting remote_code: no code of any repo runs.",
  folder: "folder",
  revoke: "Revoke",
  revokeOf: (repo: string, commit: string) => `Revoke ${repo} at ${commit}`,
  revoked: (repo: string) => `${repo} is no longer approved`,
  failed: "The approvals could not be loaded",
};

const insert = {
  title: "Insert a block",
  description: (title: string) => `It becomes one of the blocks that ${title} runs.`,
  source: "From",
  sources: { repo: "A repo or a folder", pipeline: "The connected pipeline", ownRepo: "The repo of this node" },
  repo: "Repo",
  repoHint: "A repo id or a local folder whose code is approved.",
  block: "Block",
  blockHint: "Its path in that repo; empty for the whole of it.",
  whole: "all of it",
  where: "Where",
  before: (name: string) => `Before ${name}`,
  end: "At the end",
  insert: "Insert block",
};

const publish = {
  title: "Publish as a block",
  description: (count: number) =>
    `Writes ${counted(count, "node", "nodes")} as a modular repo that diffusers and Blockloom load by its name.`,
  name: "Name",
  nameHint: "Letters, digits, - and _. It becomes a folder among the local blocks.",
  push: "Push to the hub",
  repo: "Repo id",
  repoHint: "org/name, with the token of this machine.",
  wrongRepo: "A repo id looks like org/name.",
  wrongName: "Use letters, digits, - and _.",
  private: "Private",
  publish: "Publish",
  publishing: "Writing …",
  done: (name: string) => `${name} is published`,
  folder: "Folder",
  copyFolder: "Copy the path",
  files: "Files",
  url: "On the hub",
  local: "Its components load from folders of this machine, which others do not have:",
  use: "Add it to the graph",
};

const update = {
  title: "Update repos",
  description: "The newest commits of the repos that this graph uses.",
  asking: "Asking for the newest commits …",
  failed: "The newest commits could not be found out",
  none: "Everything is up to date",
  noneText: (count: number) =>
    count === 0 ? "This graph uses no repo." : `${counted(count, "repo is", "repos are")} at the newest commit.`,
  fresh: "new",
  unused: "no longer used",
  same: (count: number) => `${counted(count, "other stays", "others stay")} as pinned.`,
  approved: "approved",
  unread: "needs review",
  changes: "Show changes",
  changesOf: (repo: string) => `Show changes of ${repo}`,
  unknown: (names: string) => `Not found out for now: ${names}.`,
  update: (count: number) => `Update ${counted(count, "repo", "repos")}`,
};

const report = {
  title: (name: string) => `Imported “${name}”`,
  all: (count: number) => (count === 1 ? "The node was taken over." : `All ${count} nodes were taken over.`),
  some: (mapped: number, others: number) =>
    `${counted(mapped, "node was", "nodes were")} taken over, ${others} ${others === 1 ? "needs" : "need"} a look.`,
  statuses: { mapped: "taken over", placeholder: "placeholder", dropped: "left out" },
  taken: (count: number) => `Taken over (${count})`,
  show: (node: string) => `Show ${node}`,
  fetch: (count: number) => (count === 1 ? "Fetch the picture" : `Fetch the ${count} pictures`),
  fetching: "Fetching…",
  fetchFailed: "The picture was not fetched",
};

const doc = {
  title: "Block",
  class: "Class",
  tree: "Blocks inside",
  loop: "runs once for each step",
  components: "Components",
  from: (repo: string) => `from ${repo}`,
  loading: "Reading the block",
  failed: "The block's documentation could not be read",
  more: "Documentation",
};

export const blocks = { review, approvals, insert, publish, update, report, doc };
