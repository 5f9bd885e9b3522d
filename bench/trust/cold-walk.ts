/** Walks a repository from an anchor to main: run as a process of its own, so that everything is cold. */
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import { openAnchor, walk } from '../../core/trust/walk.ts';

const [repository = '', anchor = '', head = ''] = process.argv.slice(2);
await using source = new GitCatFileSource(repository);
const reader = new ObjectReader(source);
const trusted = await openAnchor(reader, anchor);
const result = await walk({ reader, trusted, head, signal: new AbortController().signal });
if (result.trusted.commit !== head) throw new Error(JSON.stringify(result.stopped));
