/**
 * Forges on loopback that behave as their API references say: paths, headers of authorisation, pages, forms of errors. Each
 * has one repository, `acme/fleet`, and one token, `t0ken-of-the-bot`, of the user `towline-bot`.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { ForgeKind } from '../../../cli/forge/forge.ts';
import { collect } from '../../../core/io/https/collect.ts';
import { type Fields, fieldsIn } from '../../../core/json.ts';

export const token = 't0ken-of-the-bot';
export const bot = 'towline-bot';

export interface StoredComment {
  readonly id: number;
  body: string;
  readonly author: string;
  /** Of which request; absent: of number 7. */
  readonly number?: number;
}

export interface StoredRequest {
  readonly number: number;
  readonly branch: string;
  readonly base: string;
  readonly isFork: boolean;
  readonly commit?: string;
}

/** An answer in place of the forge's own. */
export interface Fault {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The forge does what it was asked all the same. */
  readonly afterwards?: true;
}

export interface ForgeServer extends AsyncDisposable {
  readonly url: string;
  readonly comments: StoredComment[];
  readonly requests: StoredRequest[];
  /** Answered one after the other, by the next asks that `faulty` picks. */
  readonly faults: Fault[];
  faulty: (method: string, path: string) => boolean;
  /** Method and path of each ask. */
  readonly asked: string[];
  pageSize: number;
  /** Who writes, by this token. */
  author: string;
}

interface Ask {
  readonly method: string;
  readonly url: URL;
  readonly body: Fields;
}

/** What a forge's server keeps, and how it shows that. */
interface Form {
  readonly prefix: string;
  isAllowed(request: IncomingMessage): boolean;
  readonly comments: string;
  comment(path: string): number | undefined;
  readonly requests: string;
  readonly changeBy: string;
  readonly user: object;
  showComment(comment: StoredComment, url: string): object;
  showRequest(request: StoredRequest, url: string): object;
  newRequest(body: Fields): { readonly branch: unknown; readonly base: unknown };
  isListed(request: StoredRequest, query: URLSearchParams): boolean;
  error(message: string): object;
}

const githubForm: Form = {
  prefix: '/api/v3',
  isAllowed: ({ headers }) =>
    headers.authorization === `Bearer ${token}` && headers['user-agent'] !== undefined,
  comments: '/repos/acme/fleet/issues/7/comments',
  comment: path => numberAfter(path, '/repos/acme/fleet/issues/comments/'),
  requests: '/repos/acme/fleet/pulls',
  changeBy: 'PATCH',
  user: { login: bot, id: 41 },
  showComment: ({ id, body, author }, url) => ({
    id,
    body,
    html_url: `${url}/acme/fleet/pull/7#issuecomment-${id}`,
    user: { login: author, type: 'User' },
  }),
  showRequest: ({ number, branch, base, isFork, commit }, url) => ({
    number,
    html_url: `${url}/acme/fleet/pull/${number}`,
    head: { ref: branch, sha: commit, repo: { full_name: isFork ? 'mallory/fleet' : 'acme/fleet' } },
    base: { ref: base, repo: { full_name: 'acme/fleet' } },
  }),
  newRequest: ({ head, base }) => ({ branch: head, base }),
  isListed: ({ branch, base, isFork }, query) =>
    query.get('state') === 'open' &&
    fits(query.get('head'), `${isFork ? 'mallory' : 'acme'}:${branch}`) &&
    fits(query.get('base'), base),
  error: message => ({ message, documentation_url: 'https://docs.github.com/rest' }),
};

const giteaForm: Form = {
  ...githubForm,
  prefix: '/api/v1',
  isAllowed: ({ headers }) => headers.authorization === `token ${token}`,
  isListed: (_request, query) => query.get('state') === 'open',
  error: message => ({ message, url: 'https://forge.example.com/api/swagger' }),
};

const gitlabForm: Form = {
  prefix: '/api/v4',
  isAllowed: ({ headers }) => headers['private-token'] === token,
  comments: '/projects/acme%2Ffleet/merge_requests/7/notes',
  comment: path => numberAfter(path, '/projects/acme%2Ffleet/merge_requests/7/notes/'),
  requests: '/projects/acme%2Ffleet/merge_requests',
  changeBy: 'PUT',
  user: { username: bot, id: 41 },
  showComment: ({ id, body, author }) => ({ id, body, system: false, author: { username: author } }),
  showRequest: ({ number, branch, base, isFork, commit }, url) => ({
    sha: commit,
    iid: number,
    id: 9000 + number,
    web_url: `${url}/acme/fleet/-/merge_requests/${number}`,
    source_branch: branch,
    target_branch: base,
    source_project_id: isFork ? 2 : 1,
    target_project_id: 1,
  }),
  newRequest: ({ source_branch: branch, target_branch: base }) => ({ branch, base }),
  isListed: ({ branch, base }, query) =>
    query.get('state') === 'opened' &&
    fits(query.get('source_branch'), branch) &&
    fits(query.get('target_branch'), base),
  error: message => ({ message }),
};

const forms: Readonly<Record<ForgeKind, Form>> = {
  github: githubForm,
  gitlab: gitlabForm,
  gitea: giteaForm,
};

/** What is not asked for fits. */
const fits = (asked: string | null, is: string) => asked === null || asked === is;

function numberAfter(path: string, prefix: string): number | undefined {
  const rest = path.startsWith(prefix) ? path.slice(prefix.length) : '';
  return /^\d+$/.test(rest) ? Number(rest) : undefined;
}

function say(response: ServerResponse, { status, headers = {}, body = {} }: Fault): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** A page of a list, and the headers that say whether there is a next one. */
function page(all: readonly object[], ask: Ask, server: ForgeServer, kind: ForgeKind): Fault {
  const number = Number(ask.url.searchParams.get('page') ?? '1');
  const wished = Number(ask.url.searchParams.get(kind === 'gitea' ? 'limit' : 'per_page') ?? '20');
  const size = Math.min(wished, server.pageSize);
  const isLast = number * size >= all.length;
  const next = new URL(ask.url);
  next.searchParams.set('page', String(number + 1));
  const link = isLast ? {} : { link: `<${next.href}>; rel="next", <${next.href}>; rel="last"` };
  const headers = kind === 'gitlab' ? { 'x-next-page': isLast ? '' : String(number + 1) } : link;
  return { status: 200, headers, body: all.slice((number - 1) * size, number * size) };
}

function answered(ask: Ask, server: ForgeServer, kind: ForgeKind): Fault {
  const form = forms[kind];
  const path = ask.url.pathname.slice(form.prefix.length);
  const { comments, requests, url } = server;
  const shown = (comment: StoredComment) => form.showComment(comment, url);
  if (ask.method === 'GET' && path === '/user') return { status: 200, body: form.user };
  const own = [7, ...requests.map(request => request.number)].find(
    number => path === form.comments.replace('/7/', `/${number}/`),
  );
  const listed = comments.filter(({ number = 7 }) => number === own);
  if (own !== undefined && ask.method === 'GET') return page(listed.map(shown), ask, server, kind);
  if (own !== undefined && ask.method === 'POST') {
    const text = String(ask.body.body);
    const made = { id: 100 + comments.length, body: text, author: server.author, number: own };
    comments.push(made);
    return { status: 201, body: shown(made) };
  }
  const changed = comments.find(({ id }) => id === form.comment(path));
  if (changed !== undefined && ask.method === form.changeBy) {
    changed.body = String(ask.body.body);
    return { status: 200, body: shown(changed) };
  }
  if (path === form.requests && ask.method === 'GET') {
    const open = requests.filter(request => form.isListed(request, ask.url.searchParams));
    return page(
      open.map(request => form.showRequest(request, url)),
      ask,
      server,
      kind,
    );
  }
  const one = requests.find(({ number }) => number === numberAfter(path, `${form.requests}/`));
  if (one !== undefined && ask.method === 'GET') return { status: 200, body: form.showRequest(one, url) };
  if (path === form.requests && ask.method === 'POST') {
    const { branch, base } = form.newRequest(ask.body);
    if (requests.some(request => !request.isFork && request.branch === branch && request.base === base))
      return { status: kind === 'github' ? 422 : 409, body: form.error('a request already exists') };
    const made = { number: 1 + requests.length, branch: String(branch), base: String(base), isFork: false };
    requests.push(made);
    return { status: 201, body: form.showRequest(made, url) };
  }
  return { status: 404, body: form.error('Not Found') };
}

export async function forgeServer(kind: ForgeKind): Promise<ForgeServer> {
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const ask: Ask = {
      method: request.method ?? '',
      url: new URL(request.url ?? '/', server.url),
      body: fieldsIn(await collect(request)),
    };
    const path = ask.url.pathname.slice(forms[kind].prefix.length);
    server.asked.push(`${ask.method} ${path}`);
    if (!ask.url.pathname.startsWith(forms[kind].prefix))
      return say(response, { status: 404, body: '<html>' });
    const fault = server.faulty(ask.method, path) ? server.faults.shift() : undefined;
    if (fault !== undefined && fault.afterwards !== true) return say(response, fault);
    if (!forms[kind].isAllowed(request))
      return say(response, { status: 401, body: forms[kind].error(`Bad credentials ${token}`) });
    const answer = answered(ask, server, kind);
    return say(response, fault ?? answer);
  };
  const listening = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const address = listening.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const server: ForgeServer = {
    url: `http://127.0.0.1:${port}`,
    comments: [],
    requests: [],
    faults: [],
    faulty: () => true,
    asked: [],
    pageSize: 100,
    author: bot,
    async [Symbol.asyncDispose]() {
      listening.closeAllConnections();
      await new Promise(resolve => listening.close(resolve));
    },
  };
  return server;
}
