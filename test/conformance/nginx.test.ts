import { sections } from './sections';
import { runSuite } from './suite';
import { nginxTarget } from './target-nginx';

runSuite(nginxTarget, sections);
