import { pathToFileURL } from 'node:url';
import { other } from './other.mjs';

const facts = {
  main: import.meta.main,
  other,
  url: import.meta.url === pathToFileURL(process.argv[1]).href,
  path: process.argv[1],
};

export const application = (environ, startResponse) => {
  startResponse('200 OK', []);
  return [JSON.stringify(facts)];
};
