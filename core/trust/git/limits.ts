/** What the object reader and the walk take, at most. Reached limits end in `TRUST_LIMIT`. */
export interface TrustLimits {
  /** One commit object, bytes. */
  readonly maxCommitBytes: number;
  /** One tree object, bytes. */
  readonly maxTreeBytes: number;
  /** One blob, bytes, whatever the caller of `blob` allows. */
  readonly maxBlobBytes: number;
  /** All objects that one reader reads, bytes. A reader serves one fetch. */
  readonly maxTotalBytes: number;
  /** All objects that one reader reads, count. */
  readonly maxObjects: number;
  /** Folders above a file, count. */
  readonly maxDepth: number;
  /** Paths that one step changes, count. */
  readonly maxChangedPaths: number;
  /** Commits on the line between head and trusted commit, count. */
  readonly maxLineCommits: number;
  /** Commits that one call of the walk accepts before it returns with `more`, count. */
  readonly maxBatchCommits: number;
  /** Commits that may form one step, count. */
  readonly maxStepCommits: number;
  /** Approvals that one step may add, count. */
  readonly maxApprovals: number;
  /** Commits that are searched for an approval's base, count. */
  readonly maxBaseCommits: number;
  /** Commits that are read behind the further parents of one step, and of the line beside them, count. */
  readonly maxMergeCommits: number;
  /** Steps that are judged there, count. */
  readonly maxMergeSteps: number;
  /** Paths that those steps, and the branches that they make, change in all, count. */
  readonly maxMergePaths: number;
}

const KiB = 1024;
const MiB = 1024 * KiB;

export const defaultTrustLimits: TrustLimits = Object.freeze({
  maxCommitBytes: 256 * KiB,
  maxTreeBytes: 4 * MiB,
  maxBlobBytes: 16 * MiB,
  maxTotalBytes: 512 * MiB,
  maxObjects: 500_000,
  maxDepth: 32,
  maxChangedPaths: 20_000,
  maxLineCommits: 100_000,
  maxBatchCommits: 1_000,
  maxStepCommits: 32,
  maxApprovals: 64,
  maxBaseCommits: 10_000,
  maxMergeCommits: 10_000,
  maxMergeSteps: 1_000,
  maxMergePaths: 100_000,
});
