for (;;) console.log("x".repeat(1_000));
export default {};
