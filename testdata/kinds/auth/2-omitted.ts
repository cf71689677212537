// Never turned off: nothing to do.
export default {};
