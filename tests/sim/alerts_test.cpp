// The checker of alerts finds what is wrong.
#include "sim/alerts.hpp"

#include <gtest/gtest.h>

namespace outpost::sim {
namespace {

const AlertsOf kOf{TenantId("t1"), DestinationId("d1")};

ports::AttemptRecord an_attempt(int number, bool success = false) {
    ports::AttemptRecord record;
    record.attempt.id = AttemptId(std::to_string(number));
    record.attempt.status = success ? model::AttemptStatus::success : model::AttemptStatus::failed;
    record.tenant_id = kOf.first;
    record.destination_id = kOf.second;
    return record;
}

ports::OperatorNotice a_notice(std::string_view topic, int attempt, int current = 0, int level = 0) {
    ports::OperatorNotice notice{
        .topic = std::string(topic), .source = std::to_string(attempt), .tenant_id = kOf.first};
    notice.detail = fmt::format(R"({{"current":{},"max":5,"threshold":{}}})", current, level);
    notice.attempt = an_attempt(attempt);
    return notice;
}

class SimAlerts : public testing::Test {
protected:
    SimAlerts() {
        for (int i = 1; i <= 6; ++i) attempts.push_back(an_attempt(i));
        seen.notices = {a_notice(ports::kTopicConsecutiveFailure, 3, 3, 50),
                        a_notice(ports::kTopicConsecutiveFailure, 4, 4, 70),
                        a_notice(ports::kTopicConsecutiveFailure, 5, 5, 100), a_notice(ports::kTopicDisabled, 5)};
    }
    std::size_t wrong() { return check_alerts(seen, attempts, {{kOf, 1}}).size(); }

    AlertsSeen seen{.notices = {}, .auto_disable = true};
    std::vector<ports::AttemptRecord> attempts;
};

TEST_F(SimAlerts, AreRightWhenEachLevelIsToldOnce) {
    EXPECT_EQ(wrong(), 0U);
}

TEST_F(SimAlerts, AreWrongWhenOneIsMissingOrToldAgainOrAtAnotherCount) {
    const AlertsSeen right = seen;
    seen.notices.erase(seen.notices.begin());
    EXPECT_EQ(wrong(), 1U) << "missing";
    seen = right;
    seen.notices.push_back(right.notices[3]);
    EXPECT_EQ(wrong(), 2U) << "disabled twice by one attempt";
    seen = right;
    seen.notices.push_back(a_notice(ports::kTopicConsecutiveFailure, 6, 5, 100));
    EXPECT_EQ(wrong(), 1U) << "again";
    seen = right;
    seen.notices[0] = a_notice(ports::kTopicConsecutiveFailure, 2, 2, 50);
    EXPECT_EQ(wrong(), 1U) << "too early";
    seen = right;
    seen.auto_disable = false;
    EXPECT_EQ(wrong(), 1U) << "disabled though nobody wants that";
}

TEST_F(SimAlerts, MayComeAgainAfterASuccess) {
    attempts.push_back(an_attempt(7, true));
    seen.notices.push_back(a_notice(ports::kTopicConsecutiveFailure, 6, 5, 100));
    EXPECT_EQ(wrong(), 0U);
}

}  // namespace
}  // namespace outpost::sim
