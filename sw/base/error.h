#pragma once

#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

namespace accelsim {

/// A place in a file of the user's. Lines and columns count from 1; 0 means unknown.
struct Location {
    std::string file;
    int line = 0;
    int column = 0;
};

/// One fault of the user's: where, which key or object, the rule it breaks, and what was found.
struct Fault {
    Location where;
    std::string key;
    std::string rule;
    std::string got;

    /// `file:line:column: key: rule, got value`; parts that are unknown are left out.
    std::string to_string() const;
};

/// The user's faults, one a line. The command line prints them and exits with status 2.
class UserError : public std::exception {
  public:
    explicit UserError(std::vector<Fault> faults);
    UserError(std::string key, std::string rule, std::string got = "");

    const std::vector<Fault>& faults() const { return faults_; }
    const char* what() const noexcept override { return text_.c_str(); }

  private:
    std::vector<Fault> faults_;
    std::string text_;
};

/// Does `work`; the faults that it throws are added to `faults`.
template <typename Work>
void collect_faults(std::vector<Fault>* faults, Work&& work) {
    try {
        work();
    } catch (const UserError& error) {
        faults->insert(faults->end(), error.faults().begin(), error.faults().end());
    }
}

/// A broken invariant or a deadlock. The command line prints it and exits with status 3.
class InternalError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

}  // namespace accelsim
