/** A person's browser, as a program of its own: where it is started it sees that network. Arguments: an address, who they are, the code they type. */
import { Browser } from '../../gateway/certificates/provider.ts';

const [address = '', sub = '', code = ''] = process.argv.slice(2);
const { page } = await new Browser(sub).visit(address, { user_code: code });
process.stdout.write(page);
