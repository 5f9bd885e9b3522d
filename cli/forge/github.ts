/**
 * GitHub, and GitHub Enterprise Server. Source: REST API 2022-11-28, docs.github.com/rest: "Issue comments" (every pull
 * request is an issue), "Pull requests", "Using pagination in the REST API".
 */
import { fieldsOf } from '../../core/json.ts';
import { type Dialect, inPath } from './dialect.ts';

export const github: Dialect = {
  // Enterprise Server has its API below its own name.
  api: ({ url }) => (url === 'https://github.com' ? 'https://api.github.com' : `${url}/api/v3`),
  headers: token => ({
    authorization: `Bearer ${token}`,
    accept: 'application/vnd.github+json',
    'x-github-api-version': '2022-11-28',
  }),
  login: 'login',
  comments: ({ repository }, number) => `/repos/${inPath(repository)}/issues/${number}/comments`,
  comment: ({ repository }, _number, id) => `/repos/${inPath(repository)}/issues/comments/${id}`,
  changeBy: 'PATCH',
  requests: ({ repository }) => `/repos/${inPath(repository)}/pulls`,
  openOnes: ({ repository }, request) => ({
    state: 'open',
    ...(request === undefined
      ? {}
      : { head: `${repository.split('/')[0]}:${request.branch}`, base: request.base }),
  }),
  pageSize: 'per_page',
  newRequest: ({ branch, base, title, body }) => ({ head: branch, base, title, body }),
  readComment({ id, body, html_url: url, user }) {
    const { login } = fieldsOf(user);
    if (typeof id !== 'number' || typeof body !== 'string' || typeof login !== 'string') return undefined;
    return { id, body, author: login, url: typeof url === 'string' ? url : undefined };
  },
  readRequest({ number, html_url: url, head, base }, { repository }) {
    const from = fieldsOf(head);
    const to = fieldsOf(base);
    const of = fieldsOf(from.repo).full_name;
    if (typeof number !== 'number' || typeof url !== 'string') return undefined;
    if (typeof from.ref !== 'string' || typeof to.ref !== 'string') return undefined;
    const isOwn = typeof of === 'string' && of.toLowerCase() === repository.toLowerCase();
    const commit = typeof from.sha === 'string' ? from.sha : undefined;
    return { number, url, branch: from.ref, base: to.ref, commit, isOwn };
  },
};
