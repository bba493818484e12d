import { chosenSections, sections } from './sections';
import { runSuite } from './suite';
import { apacheTarget } from './target-apache';

runSuite(apacheTarget('prefork'), chosenSections, sections);
