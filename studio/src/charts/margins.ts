/** Room left and right of every chart over steps, so that what lies over one knows where its axis is. */
export const marginLeft = 46
export const marginRight = 10
