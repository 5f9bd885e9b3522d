/** SFTP into a container: one request after the other, so that what waits is the client's to hold. */
import type { Listed } from '../people/access-rooms.ts';
import { FileRefusal, type FilesAsked } from './container-files.ts';
import { isFolder, isRegular, longName } from './file-facts.ts';
import { absolutePath, shownPath } from './file-path.ts';
import { OpenFolder, type OpenThing, ReadFile, WrittenFile } from './open-file.ts';
import {
  ask,
  attributesAnswer,
  dataAnswer,
  handleAnswer,
  namesAnswer,
  openFlag,
  SftpFields,
  statusAnswer,
  versionAnswer,
} from './sftp-packet.ts';

const [maxOpen, maxReadBytes, entriesAtOnce] = [16, 256 * 1024, 100];
const [ok, endOfFile, badMessage, unsupported] = [0, 1, 5, 8];

export interface SftpOptions {
  readonly files: FilesAsked;
  readonly signal: AbortSignal;
  readonly listed: Listed;
  /** Told of what is done: a line for each. */
  readonly done: (words: string) => void | Promise<void>;
}

type Answerer = (id: number, fields: SftpFields) => Promise<Buffer>;

export class SftpSession {
  readonly #options: SftpOptions;
  readonly #open = new Map<string, OpenThing>();
  #home: string | undefined;
  #next = 0;

  constructor(options: SftpOptions) {
    this.#options = options;
  }

  /** @returns the answer; never rejects for what a client asks or a file is. @throws RangeError for what is no message */
  async answer(message: Buffer): Promise<Buffer> {
    const fields = new SftpFields(message);
    const type = fields.byte();
    if (type === ask.init) return versionAnswer();
    const id = fields.uint32();
    try {
      return (await this.#answers[type]?.(id, fields)) ?? statusAnswer(id, unsupported, 'not done here');
    } catch (error) {
      if (error instanceof FileRefusal) return statusAnswer(id, error.code, error.message);
      if (error instanceof RangeError) return statusAnswer(id, badMessage, error.message);
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const thing of this.#open.values()) await (thing.kind === 'write' ? thing.drop() : thing.close());
    this.#open.clear();
  }

  readonly #answers: Readonly<Record<number, Answerer>> = {
    [ask.open]: async (id, fields) => handleAnswer(id, await this.#openFile(fields)),
    [ask.opendir]: async (id, fields) => {
      const path = await this.#path(fields);
      const { files, listed } = this.#options;
      this.#checkRoom();
      const handle = this.#keep(new OpenFolder(path, await files.list(path), listed));
      await this.#told('list', path);
      return handleAnswer(id, handle);
    },
    [ask.close]: async (id, fields) => {
      const handle = fields.bytes().toString('latin1');
      const thing = this.#thing(handle);
      this.#open.delete(handle);
      await thing.close();
      if (thing.kind !== 'folder') await this.#told(thing.kind, thing.path, `${thing.bytes} bytes`);
      return statusAnswer(id, ok, '');
    },
    [ask.read]: async (id, fields) => {
      const file = this.#thing(fields.bytes().toString('latin1'));
      const [offset, length] = [fields.uint64(), fields.uint32()];
      if (file.kind !== 'read') throw new FileRefusal(4, 'it is not open for that');
      const bytes = await file.read(offset, Math.min(length, maxReadBytes));
      return bytes.length === 0 ? statusAnswer(id, endOfFile, 'the end') : dataAnswer(id, bytes);
    },
    [ask.write]: async (id, fields) => {
      const file = this.#thing(fields.bytes().toString('latin1'));
      const [offset, bytes] = [fields.uint64(), fields.bytes()];
      if (file.kind !== 'write') throw new FileRefusal(4, 'it is not open for that');
      await file.write(offset, bytes);
      return statusAnswer(id, ok, '');
    },
    [ask.readdir]: async (id, fields) => {
      const folder = this.#thing(fields.bytes().toString('latin1'));
      if (folder.kind !== 'folder') throw new FileRefusal(4, 'it is no folder');
      const entries = folder.next(entriesAtOnce);
      if (entries.length === 0) return statusAnswer(id, endOfFile, 'the end');
      return namesAnswer(
        id,
        entries.map(entry => ({ name: entry.name, long: longName(entry), facts: entry })),
      );
    },
    [ask.stat]: async (id, fields) => this.#facts(id, await this.#path(fields), true),
    [ask.lstat]: async (id, fields) => this.#facts(id, await this.#path(fields), false),
    [ask.fstat]: async (id, fields) => this.#facts(id, await this.#written(fields), true),
    [ask.realpath]: async (id, fields) => {
      const path = await this.#path(fields);
      return namesAnswer(id, [{ name: path, long: path }]);
    },
    [ask.readlink]: async (id, fields) => {
      const name = await this.#options.files.link(await this.#path(fields));
      return namesAnswer(id, [{ name, long: name }]);
    },
    [ask.setstat]: async (id, fields) => this.#change(id, await this.#path(fields), fields),
    [ask.fsetstat]: async (id, fields) => this.#change(id, await this.#written(fields), fields),
    [ask.remove]: (id, fields) => this.#doing(id, fields, 'remove', path => this.#options.files.remove(path)),
    [ask.rmdir]: (id, fields) =>
      this.#doing(id, fields, 'remove folder', path => this.#options.files.removeFolder(path)),
    [ask.mkdir]: (id, fields) =>
      this.#doing(id, fields, 'make folder', path =>
        this.#options.files.makeFolder(path, fields.attributes().mode ?? 0o777),
      ),
    [ask.rename]: (id, fields) => this.#rename(id, fields, false),
    [ask.symlink]: async (id, fields) => {
      // OpenSSH's order, which all clients follow: not that of the draft.
      const target = fields.path();
      const path = await this.#path(fields);
      await this.#options.files.makeLink(target, path);
      await this.#told('link', path, `to ${shownPath(target)}`);
      return statusAnswer(id, ok, '');
    },
    [ask.extended]: async (id, fields) => {
      if (fields.path() !== 'posix-rename@openssh.com') return statusAnswer(id, unsupported, 'not done here');
      return await this.#rename(id, fields, true);
    },
  };

  async #openFile(fields: SftpFields): Promise<string> {
    const path = await this.#path(fields);
    const flags = fields.uint32();
    const { mode = 0o666 } = fields.attributes();
    const { files, signal } = this.#options;
    this.#checkRoom();
    if ((flags & openFlag.write) === 0) {
      const facts = await files.facts(path, true);
      if (!isRegular(facts)) throw new FileRefusal(4, isFolder(facts) ? 'it is a folder' : 'it is no file');
      return this.#keep(new ReadFile(files, path, facts, signal));
    }
    if (flags & openFlag.read) throw new FileRefusal(8, 'a file is read or written here, not both');
    if (flags & openFlag.create) await files.make(path, mode, (flags & openFlag.exclusive) !== 0);
    if (!isRegular(await files.facts(path, true))) throw new FileRefusal(4, 'it is no file');
    if (flags & openFlag.truncate) await files.empty(path);
    return this.#keep(new WrittenFile(files, path, flags & openFlag.append ? 'end' : 'begin', signal));
  }

  #checkRoom(): void {
    if (this.#open.size >= maxOpen) throw new FileRefusal(4, 'too many are open');
  }

  #keep(thing: OpenThing): string {
    this.#next += 1;
    const handle = `h${this.#next}`;
    this.#open.set(handle, thing);
    return handle;
  }

  #thing(handle: string): OpenThing {
    const thing = this.#open.get(handle);
    if (thing === undefined) throw new FileRefusal(4, 'nothing like that is open');
    return thing;
  }

  /** @returns the path of what is open, when all that was written to it is there */
  async #written(fields: SftpFields): Promise<string> {
    const thing = this.#thing(fields.bytes().toString('latin1'));
    if (thing.kind === 'write') await thing.flush();
    return thing.path;
  }

  async #path(fields: SftpFields): Promise<string> {
    const path = fields.path();
    if (path.startsWith('/')) return absolutePath(path, '/');
    this.#home ??= await this.#options.files.home();
    return absolutePath(path, this.#home);
  }

  async #facts(id: number, path: string, follow: boolean): Promise<Buffer> {
    return attributesAnswer(id, await this.#options.files.facts(path, follow));
  }

  async #change(id: number, path: string, fields: SftpFields): Promise<Buffer> {
    await this.#options.files.change(path, fields.attributes());
    await this.#told('change', path);
    return statusAnswer(id, ok, '');
  }

  async #rename(id: number, fields: SftpFields, replace: boolean): Promise<Buffer> {
    const [from, to] = [await this.#path(fields), await this.#path(fields)];
    await this.#options.files.rename(from, to, replace);
    await this.#told('rename', from, `to ${shownPath(to)}`);
    return statusAnswer(id, ok, '');
  }

  async #doing(
    id: number,
    fields: SftpFields,
    what: string,
    work: (path: string) => Promise<void>,
  ): Promise<Buffer> {
    const path = await this.#path(fields);
    await work(path);
    await this.#told(what, path);
    return statusAnswer(id, ok, '');
  }

  async #told(what: string, path: string, more = ''): Promise<void> {
    await this.#options.done(`${what} ${shownPath(path)} ${more}`.trimEnd());
  }
}
