for (;;);
export default {};
