/** Application groups of nginx: who shares an isolate with whom, and what process.env is. */
import { join } from 'node:path';
import { freePort } from '../../scripts/lib/port.mjs';
import { groupCases, writeScripts } from '../servers/groups';
import { useNginx } from './nginx';

let otherHost = 0;

const site = useNginx(async (folder) => {
  otherHost = await freePort();
  writeScripts(folder);
  const [one, two, three] = ['one.mjs', 'two.mjs', 'other/three.mjs'].map((name) => join(folder, name));
  process.env['TSGI_TEST_PASSED'] = 'passed on';
  process.env['TSGI_TEST_HIDDEN'] = 'hidden';
  return {
    conf: {
      http: `
        tsgi_env EVERYWHERE=everywhere;
        server { listen 127.0.0.1:${otherHost}; location /one { tsgi_pass ${one}; } }`,
      server: `
        location /one { tsgi_pass ${one}; }
        location /callable { tsgi_pass ${one} callable=other; }
        location /same { tsgi_pass ${one}; }
        location /two { tsgi_pass ${two}; }
        location /env {
          tsgi_env GIVEN=a=b; tsgi_env TSGI_TEST_PASSED; tsgi_env TSGI_TEST_NONE; tsgi_env EMPTY=; tsgi_env TZ=Asia/Tokyo;
          tsgi_pass ${one} group=env;
        }
        location /shared-one { tsgi_application_group shared; tsgi_pass ${one}; }
        location /shared-three { tsgi_application_group shared; tsgi_pass ${three}; }
        location /threads { tsgi_threads 2; tsgi_pass ${one} group=threads; }`,
    },
  };
});

groupCases(site, { otherHost: () => otherHost, given: { EMPTY: '' } });
