#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>

namespace accelsim {

/// Runs `body` in a forked process and returns the text that it returns: SystemC elaborates once a
/// process. A child that dies says so in the text.
inline std::string in_child_process(const std::function<std::string()>& body) {
    int ends[2];
    if (pipe(ends) != 0) return "pipe failed";
    const pid_t child = fork();
    if (child < 0) return "fork failed";
    if (child == 0) {
        close(ends[0]);
        std::string text;
        try {
            text = body();
        } catch (const std::exception& error) {
            text = std::string("exception: ") + error.what();
        }
        for (size_t sent = 0; sent < text.size();) {
            const ssize_t count = write(ends[1], text.data() + sent, text.size() - sent);
            if (count <= 0) break;
            sent += static_cast<size_t>(count);
        }
        close(ends[1]);
        _exit(0);
    }
    close(ends[1]);
    std::string text;
    char buffer[4096];
    for (ssize_t count = 0; (count = read(ends[0], buffer, sizeof(buffer))) > 0;) {
        text.append(buffer, static_cast<size_t>(count));
    }
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status)) text += "the child process died";
    return text;
}

}  // namespace accelsim
