/** Addresses of screens, made of names. */
/** Names have letters that the server takes as they are, and which it undoes no escape of. */
export const pathPart = (name: string): string =>
  encodeURIComponent(name).replaceAll('%2B', '+').replaceAll('%40', '@');

const part = pathPart;

export const deviceAddress = (device: string, tab?: string): string =>
  `/devices/${part(device)}${tab === undefined ? '' : `/${tab}`}`;
export const appAddress = (app: string): string => `/apps/${part(app)}`;
export const releaseAddress = (app: string, version: string): string =>
  `/apps/${part(app)}/releases/${part(version)}`;
/** @param key `app/name` */
export const rolloutAddress = (key: string): string => `/rollouts/${key.split('/').map(part).join('/')}`;
export const sessionAddress = (device: string, session: string): string =>
  `/sessions/${part(device)}/${part(session)}`;
export const changeAddress = (change: string): string => `/changes/${part(change)}`;
export const commitWord = (commit: string): string => commit.slice(0, 12);
