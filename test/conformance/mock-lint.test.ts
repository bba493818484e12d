import { sections } from './sections';
import { runSuite } from './suite';
import { mockTarget } from './target-mock';

runSuite(mockTarget(true), sections);
