/**
 * GitLab. Source: REST API v4, docs.gitlab.com/api: "Notes", "Merge requests", "Pagination". A job's own token
 * (CI_JOB_TOKEN) may write no notes: it takes a project or group access token with scope `api`, role Reporter.
 */
import { fieldsOf } from '../../core/json.ts';
import type { Dialect, Place } from './dialect.ts';

const project = ({ repository }: Place): string => `/projects/${encodeURIComponent(repository)}`;

export const gitlab: Dialect = {
  api: ({ url }) => `${url}/api/v4`,
  headers: token => ({ 'private-token': token, accept: 'application/json' }),
  login: 'username',
  comments: (place, number) => `${project(place)}/merge_requests/${number}/notes`,
  comment: (place, number, id) => `${project(place)}/merge_requests/${number}/notes/${id}`,
  changeBy: 'PUT',
  requests: place => `${project(place)}/merge_requests`,
  openOnes: (_place, request) => ({
    state: 'opened',
    ...(request === undefined ? {} : { source_branch: request.branch, target_branch: request.base }),
  }),
  pageSize: 'per_page',
  newRequest: ({ branch, base, title, body }) => ({
    source_branch: branch,
    target_branch: base,
    title,
    description: body,
  }),
  readComment({ id, body, author }, { url, repository }, number) {
    const { username } = fieldsOf(author);
    if (typeof id !== 'number' || typeof body !== 'string' || typeof username !== 'string') return undefined;
    return { id, body, author: username, url: `${url}/${repository}/-/merge_requests/${number}#note_${id}` };
  },
  readRequest({ iid, web_url: url, source_branch: branch, target_branch: base, ...from }) {
    if (typeof iid !== 'number' || typeof url !== 'string') return undefined;
    if (typeof branch !== 'string' || typeof base !== 'string') return undefined;
    const isOwn = from.source_project_id === from.target_project_id;
    const commit = typeof from.sha === 'string' ? from.sha : undefined;
    return { number: iid, url, branch, base, commit, isOwn };
  },
};
