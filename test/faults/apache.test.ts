import { runFaults } from './faults';
import { apache } from './kinds';

runFaults(apache);
