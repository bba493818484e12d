import { sections } from './sections';
import { runSuite } from './suite';
import { apacheTarget } from './target-apache';

runSuite(apacheTarget('event'), sections);
