/** Applications of nginx that keep dying. */
import { circuitCases, scriptOf, startsWith } from '../servers/circuit';
import { useNginx } from './nginx';

circuitCases(
  useNginx((folder) => ({
    startsWith,
    conf: {
      server: `
        tsgi_threads 2;
        location /mortal { tsgi_pass ${scriptOf('mortal', folder)}; }
        location /half { tsgi_pass ${scriptOf('half', folder)}; }`,
    },
  })),
);
