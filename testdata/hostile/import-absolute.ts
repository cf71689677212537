import "/etc/passwd";
export default {};
