import { fileURLToPath } from 'node:url';

export default {
  output: 'standalone',
  eslint: { ignoreDuringBuilds: true }, // it would find the configuration of this repository
  outputFileTracingRoot: fileURLToPath(new URL('.', import.meta.url)),
  redirects: async () => [{ source: '/old', destination: '/people/new', permanent: true }],
  headers: async () => [{ source: '/told', headers: [{ key: 'X-Configured', value: 'yes' }] }],
};
