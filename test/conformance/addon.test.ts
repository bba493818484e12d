import { sections } from './sections';
import { runSuite } from './suite';
import { addonTarget } from './target-addon';

runSuite(addonTarget(), sections);
