/** Many requests to an application of Express inside Apache. */
import { growthCases } from '../servers/growth';
import { app, useApache } from './apache';

const site = useApache(() => ({ conf: { server: `TSGIScriptAlias /app ${app('growth.mjs')}` } }));

growthCases(site);
