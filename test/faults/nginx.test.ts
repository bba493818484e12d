import { runFaults } from './faults';
import { nginx } from './kinds';

runFaults(nginx);
