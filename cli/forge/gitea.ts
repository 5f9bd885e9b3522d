/**
 * Gitea and Forgejo. Source: their API 1.x as /api/swagger of each has it: issueGetComments, issueCreateComment,
 * issueEditComment, repoListPullRequests, repoCreatePullRequest. It was made after GitHub's, and its answers are read so.
 */
import type { Dialect } from './dialect.ts';
import { github } from './github.ts';

export const gitea: Dialect = {
  ...github,
  api: ({ url }) => `${url}/api/v1`,
  headers: token => ({ authorization: `token ${token}`, accept: 'application/json' }),
  // It can be asked for no branch: all that are open are looked through.
  openOnes: () => ({ state: 'open' }),
  pageSize: 'limit',
};
