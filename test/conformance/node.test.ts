import { sections } from './sections';
import { runSuite } from './suite';
import { nodeTarget } from './target-node';

runSuite(nodeTarget, sections);
