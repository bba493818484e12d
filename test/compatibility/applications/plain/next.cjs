/** `node server.js` of what is built. */
const { setDefaultResultOrder } = require('node:dns');

// Node's own Node 18 has it; Debian's has an older Fetch.
Headers.prototype.getSetCookie ??= function () {
  return this.get('set-cookie')?.split(/,\s*(?=[^\s;,=]+=)/) ?? [];
};

setDefaultResultOrder('ipv4first'); // HOSTNAME is `localhost`, and that is where the client looks for it

require('../../../../build/compatibility/next/.next/standalone/server.js');
