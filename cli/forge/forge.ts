/** What Towline asks of a forge, whichever it is: a comment of its own on a request, and a request for a branch. */

/** GitLab's merge requests are requests too. Forgejo speaks as Gitea does. */
export const forgeKinds = ['github', 'gitlab', 'gitea'] as const;
export type ForgeKind = (typeof forgeKinds)[number];

/** A comment that is there once on each request, and is written anew where it is. */
export interface OwnComment {
  /** Of the pull request or merge request. */
  readonly number: number;
  /** Its first line, such as `<!-- towline-plan -->`: by it, and by who wrote it, it is found again. */
  readonly marker: string;
  /** Markdown that goes on after the marker. Rendered as it stands: what strangers wrote was made safe before. */
  readonly body: string;
}

export interface WrittenComment {
  readonly outcome: 'created' | 'updated' | 'unchanged';
  readonly url: string;
}

export interface NewRequest {
  readonly branch: string;
  /** The branch that it goes to. */
  readonly base: string;
  readonly title: string;
  /** Markdown, as `OwnComment.body`. */
  readonly body: string;
}

export interface OpenRequest {
  readonly url: string;
  readonly number: number;
  /** Whether it was open before. */
  readonly outcome: 'created' | 'open';
}

/**
 * Each call is tried again within bounds where the forge is busy, or does not answer; what the try before may have made is
 * looked for first, so that nothing is there twice.
 */
export interface Forge {
  /** @throws TowlineError CLI_FORGE_UNREACHABLE, CLI_FORGE_REFUSED, CLI_FORGE_ANSWER; the signal's reason */
  upsertComment(comment: OwnComment, signal: AbortSignal): Promise<WrittenComment>;
  /**
   * The open request of this branch to this base, else a new one.
   * @throws TowlineError as `upsertComment`
   */
  openRequest(request: NewRequest, signal: AbortSignal): Promise<OpenRequest>;
  /**
   * The open requests whose branches end in this commit, of this repository or of forks, the oldest first: anybody may open one
   * more with the commit of another.
   * @returns none: they have moved on
   * @throws TowlineError as `upsertComment`; CLI_FORGE_ANSWER for more of them than anybody means
   */
  findRequests(commit: string, signal: AbortSignal): Promise<Omit<OpenRequest, 'outcome'>[]>;
  /**
   * The commit that the branch of a request ends in by now.
   * @returns undefined: the forge does not say
   * @throws TowlineError as `upsertComment`
   */
  headOf(number: number, signal: AbortSignal): Promise<string | undefined>;
}
