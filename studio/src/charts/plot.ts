/** The parts of Observable Plot that the studio draws with; loaded when the first chart is. */
export { areaY, dot, lineY, plot, pointerX, rectY, ruleX, ruleY, tip } from '@observablehq/plot'
