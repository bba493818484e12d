import { chosenSections, sections } from './sections';
import { runSuite } from './suite';
import { apacheTarget } from './target-apache';

runSuite(apacheTarget('worker'), chosenSections, sections);
